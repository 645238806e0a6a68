import './styles/tokens.css';
import './styles/ground.css';
import './pieces/pieces.css';
import { createRoot } from 'react-dom/client';
import { takeQuestion, takeReturned } from './app/address.ts';
import { App } from './app/app.tsx';
import { showKeptTheme } from './app/theme.ts';

// Before anything is loaded or shown: the address may hold an identifier, or a code of the issuer.
const question = takeQuestion();
const returned = takeReturned();
showKeptTheme();

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(<App question={question} returned={returned} isEmbedded={location.pathname === '/agent/embed'} />);
