import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// Relative addresses, so that the console works wherever the server mounts it. Nothing is inlined: the content security policy
// allows neither inline scripts nor data: fonts.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  server: { proxy: { '/v1': process.env.SUKI_SERVER ?? 'http://127.0.0.1:8080' } },
})
