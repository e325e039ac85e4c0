import type { NextConfig } from "next";

// In development, the address that `npm run demo:page` prints, or a deployed stage. It has the API and the key.
const site = process.env.SITE_URL;

const nextConfig: NextConfig = {
  /* config options here */
  cacheComponents: true,
  partialPrefetching: true,
  turbopack: { root: __dirname },
  rewrites: async () => site
    ? ["/api/:path*", "/config.json"].map((source) => ({ source, destination: new URL(source, site).href }))
    : [],
};

export default nextConfig;
