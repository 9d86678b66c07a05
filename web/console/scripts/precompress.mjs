// Writes .br and .gz beside every file of the build that gains from it; the server picks by Accept-Encoding.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const kinds = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt'])

function files(folder) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

let before = 0
let after = 0
for (const path of files(process.argv[2] ?? 'dist')) {
  if (!kinds.has(extname(path))) continue
  const content = readFileSync(path)
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  })
  writeFileSync(`${path}.br`, brotli)
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
  before += content.length
  after += brotli.length
}
console.log(`precompressed ${before} bytes to ${after} (brotli)`)
