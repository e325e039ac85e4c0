import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SignUp } from './sign-up';
import './style.css';

createRoot(document.getElementById('root')!).render(<StrictMode><SignUp /></StrictMode>);
