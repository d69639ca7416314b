// `node build.mjs FOLDER`: bundle the drawing app; everything ends up in preview.js and preview.css, nothing is fetched.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/preview.tsx'],
  outdir: process.argv[2],
  bundle: true,
  minify: true,
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  alias: { 'react-custom-scrollbars-2': './src/scrollbars.ts' },
  loader: { '.ttf': 'empty', '.woff': 'empty', '.woff2': 'empty', '.svg': 'empty' },
  logLevel: 'warning',
});
