import type { components, operations } from '../../generated/schema'
import { type Answer, type Query, request } from './client'

/** Every call that the console makes, typed by api/openapi.yaml. */
type Schemas = components['schemas']
export type Session = Schemas['Session']
export type Programme = Schemas['Programme']
export type Overview = Schemas['Overview']
export type Member = Schemas['Member']
export type Card = Schemas['Card']
export type BenefitUse = Schemas['BenefitUse']
export type BenefitSummary = Schemas['BenefitSummary']
export type Gift = Schemas['Gift']
export type GiftPrice = Schemas['GiftPrice']
export type GiftOrder = Schemas['GiftOrder']
export type Recognition = Schemas['Recognition']
export type TradeItem = Schemas['TradeItem']
export type TradeItemStatus = Schemas['TradeItemStatus']
export type TradeItemStep = 'offer' | 'accept' | 'refuse' | 'give-back' | 'sell' | 'write-off' | 'undo'
export type LevelGrant = Schemas['LevelGrant']
export type LevelPreview = Schemas['LevelPreview']
export type LevelMove = LevelPreview['moves'][number]
export type Occasion = Schemas['Occasion']
export type OccasionOffered = Schemas['OccasionOffered']
export type OccasionInput = Schemas['OccasionInput']
export type Guest = Schemas['Guest']
export type Seat = Schemas['Seat']
export type MemberSeat = Schemas['MemberSeat']
export type Entry = Schemas['Entry']
export type Membership = Schemas['Membership']
export type MembershipDeed = 'pause' | 'resume' | 'end' | 'keep'
export type PaymentRequest = Schemas['PaymentRequest']
export type BenefitGrant = Schemas['BenefitGrant']
export type Household = Schemas['Household']
export type HouseholdPerson = Household['people'][number]
export type Entitlement = Schemas['Entitlement']
export type AccessToken = Schemas['AccessToken']
export type SigningKey = Schemas['SigningKey']
export type CardBatch = Schemas['CardBatch']
export type CardBatchState = Schemas['CardBatchState']
export type Account = Schemas['Account']
export type AccountMembers = Schemas['AccountMembers']
export type LevelOutlook = Schemas['LevelOutlook']
export type Scale = Schemas['Scale']
export type StatementEntry = Schemas['StatementEntry']
export type Receipt = Schemas['Receipt']
export type ReceiptLine = Schemas['ReceiptLine']
export type Calculation = Schemas['Calculation']
export type Decision = Schemas['Decision']
export type Explanation = Schemas['Explanation']
export type ExplainedOffer = Schemas['ExplainedOffer']
export type Discrepancy = Schemas['Discrepancy']
export type DiscrepancyNote = Schemas['DiscrepancyNote']
export type EditionSummary = Schemas['EditionSummary']
export type Edition = Schemas['Edition']
export type Diagnostic = Schemas['Diagnostic']
export type Validation = Schemas['Validation']
export type Quote = Schemas['Quote']
export type QuoteInput = Schemas['QuoteInput']
export type LineInput = Schemas['LineInput']
export type MemberName = Schemas['MemberName']
export type Store = Schemas['Store']
export type Product = Schemas['Product']
export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['NewApiKey']
export type Scope = Schemas['Scope']
export type User = Schemas['User']
export type NewPassword = Schemas['NewPassword']
export type UnitBalance = Schemas['UnitBalance']
export type AuditRow = Schemas['AuditRow']
export type Quarantined = Schemas['Quarantined']
export type PageOf<T> = { items: T[]; next: string | null }

/** An operation's body without the fields that have a default: those may be left out when asking. */
export type QuoteBody = Omit<QuoteInput, 'hold' | 'lines'> & { lines: LineBody[] }
export type LineBody = Omit<LineInput, 'is_deposit' | 'no_discount' | 'no_points'> & Partial<Pick<LineInput, 'is_deposit' | 'no_discount' | 'no_points'>>
export type AdjustmentBody = Omit<Schemas['AdjustmentInput'], 'may_owe'> & { may_owe?: boolean }

let organisation: string | undefined
/** Only a user of all organisations names one; see the session. */
export function setOrganisation(id: string | undefined) {
  organisation = id
}

async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await request<T>('GET', path, { query: { organisation, ...query }, ...(signal ? { signal } : {}) })).value
}

function write<T>(method: string, path: string, body: unknown, query: Query = {}, idempotencyKey?: string): Promise<Answer<T>> {
  return request<T>(method, path, { body, query: { organisation, ...query }, ...(idempotencyKey ? { idempotencyKey } : {}) })
}

const part = encodeURIComponent

export const api = {
  session: () => request<Session>('GET', '/v1/session', { is401Expected: true }).then((answer) => answer.value),
  signIn: (name: string, password: string) =>
    request<Session>('POST', '/v1/session', { body: { name, password }, is401Expected: true }).then((answer) => answer.value),
  changePassword: (oldPassword: string, newPassword: string) =>
    request<Session>('POST', '/v1/session/password', { body: { old_password: oldPassword, new_password: newPassword } }).then((answer) => answer.value),
  signOut: () => request<void>('DELETE', '/v1/session', { is401Expected: true }),

  programmes: (signal?: AbortSignal) => get<{ items: Programme[] }>('/v1/programmes', {}, signal),
  editions: (programme: string, signal?: AbortSignal) => get<{ items: EditionSummary[] }>(`/v1/programmes/${part(programme)}/editions`, {}, signal),
  edition: (programme: string, edition: number, signal?: AbortSignal) => get<Edition>(`/v1/programmes/${part(programme)}/editions/${edition}`, {}, signal),
  previewLevels: (document: string, cursor?: string, signal?: AbortSignal) =>
    request<LevelPreview>('POST', '/v1/programmes/preview-levels', { body: { document }, query: { organisation, limit: 200, ...(cursor ? { cursor } : {}) }, ...(signal ? { signal } : {}) }).then((answer) => answer.value),
  validate: (document: string) => write<Validation>('POST', '/v1/programmes/validate', { document }).then((answer) => answer.value),
  publish: (document: string, effectiveOn: string | undefined, key: string) =>
    write<EditionSummary>('POST', '/v1/programmes', { document, ...(effectiveOn ? { effective_on: effectiveOn } : {}) }, {}, key).then((answer) => answer.value),

  overview: (programme: string, signal?: AbortSignal) => get<Overview>('/v1/overview', { programme }, signal),
  discrepancies: (programme: string, query: operations['listDiscrepancies']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<Discrepancy>>('/v1/discrepancies', { programme, ...query }, signal),
  resolveDiscrepancy: (programme: string, id: string, note: string, key: string) =>
    write<Discrepancy>('POST', `/v1/discrepancies/${part(id)}/resolve`, note ? { note } : {}, { programme }, key).then((answer) => answer.value),

  members: (programme: string, query: operations['listMembers']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<Member>>('/v1/members', { programme, ...query }, signal),
  member: (programme: string, id: string, signal?: AbortSignal) => get<Member>(`/v1/members/${part(id)}`, { programme }, signal),
  account: (programme: string, id: string, signal?: AbortSignal) => get<Account>(`/v1/members/${part(id)}/account`, { programme }, signal),
  /** The same person in all programmes. */
  person: (account: string, signal?: AbortSignal) => get<AccountMembers>(`/v1/accounts/${part(account)}`, {}, signal),
  statement: (programme: string, id: string, query: operations['getStatement']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<StatementEntry>>(`/v1/members/${part(id)}/statement`, { programme, ...query }, signal),
  memberReceipts: (programme: string, id: string, query: operations['listMemberReceipts']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<Receipt>>(`/v1/members/${part(id)}/receipts`, { programme, ...query }, signal),
  adjust: (programme: string, id: string, body: AdjustmentBody, key: string) =>
    write<Schemas['AdjustmentResult']>('POST', `/v1/members/${part(id)}/adjustments`, body, { programme }, key).then((answer) => answer.value),
  undoAdjustment: (programme: string, id: string, adjustment: string, reason: string, key: string) =>
    write<Schemas['AdjustmentResult']>('POST', `/v1/members/${part(id)}/adjustments/${part(adjustment)}/undo`, { reason }, { programme }, key).then((answer) => answer.value),

  transfer: (programme: string, id: string, body: Schemas['TransferInput'], key: string) =>
    write<Schemas['TransferResult']>('POST', `/v1/members/${part(id)}/transfers`, body, { programme }, key).then((answer) => answer.value),
  merge: (programme: string, id: string, body: Schemas['MergeInput'], key: string) =>
    write<Schemas['MergeResult']>('POST', `/v1/members/${part(id)}/merge`, body, { programme }, key).then((answer) => answer.value),

  household: (programme: string, id: string, signal?: AbortSignal) => get<Household>(`/v1/members/${part(id)}/household`, { programme }, signal),
  joinHousehold: (programme: string, id: string, body: Schemas['HouseholdPersonInput'], key: string) =>
    write<Household>('POST', `/v1/members/${part(id)}/household/people`, body, { programme }, key).then((answer) => answer.value),
  setHousehold: (programme: string, id: string, body: Schemas['HouseholdPatch'], key: string) =>
    write<Household>('PATCH', `/v1/members/${part(id)}/household`, body, { programme }, key).then((answer) => answer.value),
  leaveHousehold: (programme: string, id: string, reason: string, key: string) =>
    write<Household>('POST', `/v1/members/${part(id)}/household/leave`, { reason }, { programme }, key).then((answer) => answer.value),
  benefits: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberBenefits']>(`/v1/members/${part(id)}/benefits`, { programme }, signal),
  useBenefit: (programme: string, id: string, benefit: string, body: Schemas['BenefitUseInput'], key: string) =>
    write<BenefitUse>('POST', `/v1/members/${part(id)}/benefits/${part(benefit)}/uses`, body, { programme }, key).then((answer) => answer.value),
  endBenefitUse: (programme: string, id: string, use: string, how: 'undo' | 'confirm' | 'cancel' | 'collect' | 'move', body: { reason?: string; item?: string; shelf?: string }, key: string) =>
    write<BenefitUse>('POST', `/v1/members/${part(id)}/benefit-uses/${part(use)}/${how}`, body, { programme }, key).then((answer) => answer.value),
  challenges: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberChallenges']>(`/v1/members/${part(id)}/challenges`, { programme }, signal),
  referrals: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberReferrals']>(`/v1/members/${part(id)}/referrals`, { programme }, signal),
  referralCode: (programme: string, id: string, key: string) =>
    write<Schemas['ReferralCode']>('POST', `/v1/members/${part(id)}/referral-code`, undefined, { programme }, key).then((answer) => answer.value),
  nameReferrer: (programme: string, id: string, body: Schemas['ReferrerInput'], key: string) =>
    write<Schemas['Referral']>('POST', `/v1/members/${part(id)}/referrer`, body, { programme }, key).then((answer) => answer.value),
  rebates: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberRebates']>(`/v1/members/${part(id)}/rebates`, { programme }, signal),
  membershipPlans: (programme: string, signal?: AbortSignal) => get<Schemas['MembershipPlans']>('/v1/membership-plans', { programme }, signal),
  memberMemberships: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberMemberships']>(`/v1/members/${part(id)}/memberships`, { programme }, signal),
  memberships: (programme: string, query: operations['listMemberships']['parameters']['query'], signal?: AbortSignal) => get<PageOf<Membership>>('/v1/memberships', { programme, ...query }, signal),
  paymentRequests: (programme: string, query: operations['listPaymentRequests']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<PaymentRequest>>('/v1/payment-requests', { programme, ...query }, signal),
  joinMembership: (programme: string, id: string, body: Schemas['MembershipJoinInput'], key: string) =>
    write<Membership>('POST', `/v1/members/${part(id)}/memberships`, body, { programme }, key).then((answer) => answer.value),
  changeMembership: (programme: string, id: string, membership: string, how: MembershipDeed, body: Schemas['MembershipChangeInput'], key: string) =>
    write<Membership>('POST', `/v1/members/${part(id)}/memberships/${part(membership)}/${how}`, body, { programme }, key).then((answer) => answer.value),
  reportPayment: (programme: string, id: string, request: string, body: Schemas['PaymentReportInput'], key: string) =>
    write<PaymentRequest>('POST', `/v1/members/${part(id)}/payment-requests/${part(request)}/result`, body, { programme }, key).then((answer) => answer.value),
  gifts: (programme: string, query: operations['listGifts']['parameters']['query'], signal?: AbortSignal) => get<Schemas['GiftCatalogue']>('/v1/gifts', { programme, ...query }, signal),
  moveGiftStock: (programme: string, gift: string, body: Schemas['StockMoveInput'], key: string) =>
    write<Schemas['GiftStock']>('POST', `/v1/gifts/${part(gift)}/stock`, body, { programme }, key).then((answer) => answer.value),
  memberGifts: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['GiftOrders']>(`/v1/members/${part(id)}/gifts`, { programme }, signal),
  giftOrders: (programme: string, query: operations['listGiftOrders']['parameters']['query'], signal?: AbortSignal) => get<PageOf<GiftOrder>>('/v1/gift-orders', { programme, ...query }, signal),
  orderGift: (programme: string, id: string, gift: string, body: Partial<Schemas['GiftOrderInput']>, key: string) =>
    write<GiftOrder>('POST', `/v1/members/${part(id)}/gifts/${part(gift)}/orders`, body, { programme }, key).then((answer) => answer.value),
  presentGift: (programme: string, id: string, gift: string, body: Partial<Schemas['GiftPresentInput']>, key: string) =>
    write<GiftOrder>('POST', `/v1/members/${part(id)}/gifts/${part(gift)}/presents`, body, { programme }, key).then((answer) => answer.value),
  endGiftOrder: (programme: string, id: string, order: string, how: 'hand-over' | 'cancel' | 'take-back', body: { substitute?: string; store?: string; reason?: string; is_damaged?: boolean }, key: string) =>
    write<GiftOrder>('POST', `/v1/members/${part(id)}/gift-orders/${part(order)}/${how}`, body, { programme }, key).then((answer) => answer.value),
  memberMilestones: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberMilestones']>(`/v1/members/${part(id)}/milestones`, { programme }, signal),
  memberRecognitions: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberRecognitions']>(`/v1/members/${part(id)}/recognitions`, { programme }, signal),
  giveRecognition: (programme: string, id: string, body: Schemas['RecognitionInput'], key: string) =>
    write<Recognition>('POST', `/v1/members/${part(id)}/recognitions`, body, { programme }, key).then((answer) => answer.value),
  withdrawRecognition: (programme: string, id: string, recognition: string, body: Schemas['RecognitionWithdrawal'], key: string) =>
    write<Recognition>('POST', `/v1/members/${part(id)}/recognitions/${part(recognition)}/withdraw`, body, { programme }, key).then((answer) => answer.value),
  tradeIns: (programme: string, signal?: AbortSignal) => get<Schemas['TradeIns']>('/v1/trade-ins', { programme }, signal),
  memberTradeItems: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['TradeItems']>(`/v1/members/${part(id)}/trade-items`, { programme }, signal),
  tradeItems: (programme: string, query: operations['listTradeItems']['parameters']['query'], signal?: AbortSignal) => get<PageOf<TradeItem>>('/v1/trade-items', { programme, ...query }, signal),
  tradeInReport: (programme: string, signal?: AbortSignal) => get<Schemas['TradeInReport']>('/v1/trade-in-report', { programme }, signal),
  handIn: (programme: string, id: string, body: Schemas['TradeItemInput'], key: string) =>
    write<TradeItem>('POST', `/v1/members/${part(id)}/trade-items`, body, { programme }, key).then((answer) => answer.value),
  changeTradeItem: (programme: string, id: string, item: string, step: TradeItemStep, body: { grade?: string; price?: number; receipt?: string; reason?: string }, key: string) =>
    write<TradeItem>('POST', `/v1/members/${part(id)}/trade-items/${part(item)}/${step}`, body, { programme }, key).then((answer) => answer.value),
  occasions: (programme: string, query: operations['listOccasions']['parameters']['query'], signal?: AbortSignal) => get<PageOf<OccasionOffered>>('/v1/occasions', { programme, ...query }, signal),
  occasion: (programme: string, occasion: string, signal?: AbortSignal) => get<Occasion>(`/v1/occasions/${part(occasion)}`, { programme }, signal),
  createOccasion: (programme: string, body: Partial<OccasionInput>, key: string) => write<Occasion>('POST', '/v1/occasions', body, { programme }, key).then((answer) => answer.value),
  changeOccasion: (programme: string, occasion: string, body: Partial<OccasionInput>, key: string) =>
    write<Occasion>('PUT', `/v1/occasions/${part(occasion)}`, body, { programme }, key).then((answer) => answer.value),
  cancelOccasion: (programme: string, occasion: string, reason: string, key: string) =>
    write<Occasion>('POST', `/v1/occasions/${part(occasion)}/cancel`, { reason }, { programme }, key).then((answer) => answer.value),
  guests: (programme: string, occasion: string, query: operations['listGuests']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<Guest>>(`/v1/occasions/${part(occasion)}/seats`, { programme, ...query }, signal),
  checkIn: (programme: string, occasion: string, body: Schemas['CheckInInput'], key: string) =>
    write<Entry>('POST', `/v1/occasions/${part(occasion)}/check-in`, body, { programme }, key).then((answer) => answer.value),
  memberSeats: (programme: string, id: string, signal?: AbortSignal) => get<Schemas['MemberSeats']>(`/v1/members/${part(id)}/seats`, { programme }, signal),
  takeSeat: (programme: string, id: string, occasion: string, body: Partial<Schemas['SeatInput']>, key: string) =>
    write<Seat>('POST', `/v1/members/${part(id)}/seats/${part(occasion)}`, body, { programme }, key).then((answer) => answer.value),
  inviteMember: (programme: string, id: string, occasion: string, body: Partial<Schemas['SeatInvitation']>, key: string) =>
    write<Seat>('POST', `/v1/members/${part(id)}/seats/${part(occasion)}/invite`, body, { programme }, key).then((answer) => answer.value),
  leaveSeat: (programme: string, id: string, occasion: string, key: string) =>
    write<Seat>('POST', `/v1/members/${part(id)}/seats/${part(occasion)}/leave`, {}, { programme }, key).then((answer) => answer.value),
  checkInMember: (programme: string, id: string, occasion: string, key: string) =>
    write<Entry>('POST', `/v1/members/${part(id)}/seats/${part(occasion)}/check-in`, {}, { programme }, key).then((answer) => answer.value),
  undoCheckIn: (programme: string, id: string, occasion: string, reason: string, key: string) =>
    write<Entry>('POST', `/v1/members/${part(id)}/seats/${part(occasion)}/undo-check-in`, { reason }, { programme }, key).then((answer) => answer.value),
  /** Where the browser finds the code of a seat. */
  seatCode: (programme: string, id: string, occasion: string) =>
    `/v1/members/${part(id)}/seats/${part(occasion)}/code?programme=${part(programme)}${organisation ? `&organisation=${part(organisation)}` : ''}`,
  benefitUses: (programme: string, query: operations['listBenefitUses']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<BenefitUse>>('/v1/benefit-uses', { programme, ...query }, signal),
  /** Where the browser finds the label of what was handed in. */
  benefitLabel: (programme: string, id: string, use: string) =>
    `/v1/members/${part(id)}/benefit-uses/${part(use)}/label?programme=${part(programme)}${organisation ? `&organisation=${part(organisation)}` : ''}`,
  grantBenefit: (programme: string, id: string, benefit: string, body: Omit<Schemas['BenefitGrantInput'], 'count'> & { count?: number }, key: string) =>
    write<BenefitGrant>('POST', `/v1/members/${part(id)}/benefits/${part(benefit)}/grants`, body, { programme }, key).then((answer) => answer.value),
  accessToken: (programme: string, id: string, benefit: string) =>
    write<AccessToken>('POST', `/v1/members/${part(id)}/benefits/${part(benefit)}/token`, undefined, { programme }).then((answer) => answer.value),
  levelGrants: (programme: string, id: string, signal?: AbortSignal) => get<{ items: LevelGrant[] }>(`/v1/members/${part(id)}/level-grants`, { programme }, signal),
  grantLevel: (programme: string, id: string, body: { level?: string; match?: string; until?: string; reason: string }, key: string) =>
    write<LevelGrant>('POST', `/v1/members/${part(id)}/level-grants`, body, { programme }, key).then((answer) => answer.value),
  endLevelGrant: (programme: string, id: string, grant: string, reason: string, key: string) =>
    write<LevelGrant>('POST', `/v1/members/${part(id)}/level-grants/${part(grant)}/end`, { reason }, { programme }, key).then((answer) => answer.value),
  revokeBenefit: (programme: string, id: string, grant: string, reason: string, key: string) =>
    write<BenefitGrant>('POST', `/v1/members/${part(id)}/benefit-grants/${part(grant)}/revoke`, { reason }, { programme }, key).then((answer) => answer.value),

  /** Without a number one of the programme's own is made. */
  issueCard: (programme: string, member: string, number: string, key: string) =>
    write<Schemas['Card']>('POST', '/v1/cards', { ...(number ? { number } : {}), member: { id: member } }, { programme }, key).then((answer) => answer.value),
  /** Where the browser finds a card's number drawn. */
  cardImage: (programme: string, number: string, code: 'qr' | undefined) =>
    `/v1/cards/${part(number)}/image?programme=${part(programme)}${code ? `&code=${code}` : ''}${organisation ? `&organisation=${part(organisation)}` : ''}`,
  blockCard: (programme: string, number: string, isBlocked: boolean, key: string) =>
    write<Schemas['Card']>('POST', `/v1/cards/${part(number)}/${isBlocked ? 'block' : 'unblock'}`, undefined, { programme }, key).then((answer) => answer.value),
  replaceCard: (programme: string, number: string, replacement: string, key: string) =>
    write<Schemas['Card']>('POST', `/v1/cards/${part(number)}/replace`, replacement ? { number: replacement } : {}, { programme }, key).then((answer) => answer.value),

  cardBatches: (programme: string, query: operations['listCardBatches']['parameters']['query'], signal?: AbortSignal) =>
    get<PageOf<CardBatch>>('/v1/card-batches', { programme, ...query }, signal),
  cardBatch: (programme: string, id: string, signal?: AbortSignal) => get<CardBatchState>(`/v1/card-batches/${part(id)}`, { programme }, signal),
  makeCards: (programme: string, body: Schemas['CardBatchInput'], key: string) =>
    write<CardBatch>('POST', '/v1/card-batches', body, { programme }, key).then((answer) => answer.value),
  blockCardBatch: (programme: string, id: string, isBlocked: boolean, key: string) =>
    write<CardBatch>('POST', `/v1/card-batches/${part(id)}/${isBlocked ? 'block' : 'unblock'}`, undefined, { programme }, key).then((answer) => answer.value),
  /** Where the browser finds it, for a link. */
  cardBatchFile: (programme: string, id: string, file: 'numbers' | 'sheet') =>
    `/v1/card-batches/${part(id)}/${file}?programme=${part(programme)}${organisation ? `&organisation=${part(organisation)}` : ''}`,

  receipt: (programme: string, id: string, signal?: AbortSignal) => get<Receipt>(`/v1/receipts/${part(id)}`, { programme }, signal),
  explain: (programme: string, id: string, signal?: AbortSignal) => get<Explanation>(`/v1/receipts/${part(id)}/explain`, { programme }, signal),
  quote: (programme: string, body: QuoteBody) => write<Quote>('POST', '/v1/receipts/quote', body, { programme }).then((answer) => answer.value),

  stores: (signal?: AbortSignal) => get<PageOf<Store>>('/v1/stores', { limit: 500 }, signal),
  product: (sku: string) => get<Product>(`/v1/products/${part(sku)}`),
  products: (signal?: AbortSignal) => get<PageOf<Product>>('/v1/products', { limit: 500 }, signal),

  keys: (signal?: AbortSignal) => get<{ items: ApiKey[] }>('/v1/keys', {}, signal),
  createKey: (body: Schemas['KeyInput'], key: string) => write<NewApiKey>('POST', '/v1/keys', body, {}, key).then((answer) => answer.value),
  revokeKey: (id: string, key: string) => write<ApiKey>('POST', `/v1/keys/${part(id)}/revoke`, undefined, {}, key).then((answer) => answer.value),
  signingKeys: (signal?: AbortSignal) => get<{ items: SigningKey[] }>('/v1/signing-keys', {}, signal),
  rotateSigningKeys: (body: Schemas['KeyRotationInput'], key: string) => write<{ items: SigningKey[] }>('POST', '/v1/signing-keys/rotate', body, {}, key).then((answer) => answer.value),

  users: (signal?: AbortSignal) => get<{ items: User[] }>('/v1/users', {}, signal),
  createUser: (name: string, key: string) => write<NewPassword>('POST', '/v1/users', { name }, {}, key).then((answer) => answer.value),
  resetPassword: (name: string, key: string) => write<NewPassword>('POST', `/v1/users/${part(name)}/password`, undefined, {}, key).then((answer) => answer.value),
  removeUser: (name: string, key: string) => write<void>('DELETE', `/v1/users/${part(name)}`, undefined, {}, key),

  audit: (query: operations['listAudit']['parameters']['query'], signal?: AbortSignal) => get<PageOf<AuditRow>>('/v1/audit', { ...query }, signal),
  quarantine: (signal?: AbortSignal) => get<{ items: Quarantined[] }>('/v1/quarantine', {}, signal),
  releaseQuarantined: (id: string, key: string) => write<Quarantined>('POST', `/v1/quarantine/${part(id)}/release`, undefined, {}, key).then((answer) => answer.value),
}
