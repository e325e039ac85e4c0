import { SignUp } from '../../captcha/sign-up';

export const dynamic = 'force-dynamic'; // the values are read when the page is requested

/** A page that is rendered on the server, which hands the construct's clientConfig in. */
export default function Page() {
  return <SignUp config={{ apiKey: process.env.API_KEY!, scriptUrl: process.env.SCRIPT_URL! }} />;
}
