import './styles/tokens.css';
import './styles/ground.css';
import './pieces/pieces.css';
import { createRoot } from 'react-dom/client';
import { takeQuestion } from './app/address.ts';
import { App } from './app/app.tsx';
import { showKeptTheme } from './app/theme.ts';

// Before anything is loaded or shown: the address may hold an identifier.
const question = takeQuestion();
showKeptTheme();

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App question={question} isEmbedded={location.pathname === '/agent/embed'} />);
