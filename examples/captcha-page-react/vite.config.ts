import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// In development, the address that `npm run demo:page` prints, or a deployed stage. It has the API and the key.
const site = process.env.SITE_URL;

export default defineConfig({
  plugins: [react()],
  server: { proxy: site ? { '/api': site, '/config.json': site } : undefined },
});
