/** What the audit log holds, for choosing from. A test compares it with what the server writes down. */
export const actionsOfLog = [
  'adjust', 'block_card', 'block_card_batch', 'cancel_occasion', 'change_membership', 'change_occasion', 'change_password', 'change_trade_item', 'check_in', 'create_api_key', 'create_occasion', 'create_organisation', 'create_user',
  'end_benefit_use', 'end_gift_order', 'end_level_grant', 'export_audit', 'grant_benefit', 'grant_level', 'guess_members', 'import_products', 'import_stores', 'issue_access_token', 'issue_card', 'issue_seat_token',
  'join_household', 'join_membership', 'leave_household', 'leave_seat', 'make_cards', 'merge_members', 'move_gift_stock', 'name_referrer', 'order_gift', 'patch_member', 'publish_edition', 'refused_entry', 'release_quarantined',
  'remove_user', 'replace_card', 'report_payment', 'reset_password', 'resolve_discrepancy', 'revoke_api_key', 'revoke_benefit', 'rotate_signing_keys', 'set_household', 'sign_in', 'take_seat', 'transfer_points',
  'undo_adjustment', 'withdraw_recognition',
]
