import { connection } from 'next/server';
import { Suspense } from 'react';
import { SignUp } from '../../captcha/sign-up';

/** A page that is rendered on the server, which passes the construct's clientConfig. */
export default function Page() {
  return <main><Suspense><Form /></Suspense></main>;
}

async function Form() {
  await connection(); // the values are read when the page is requested
  return <SignUp config={{ apiKey: process.env.API_KEY!, scriptUrl: process.env.SCRIPT_URL! }} />;
}
