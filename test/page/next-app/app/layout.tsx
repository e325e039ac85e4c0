import type { ReactNode } from 'react';

export default function Layout({ children }: { readonly children: ReactNode }) {
  return <html lang="en"><body><main>{children}</main></body></html>;
}
