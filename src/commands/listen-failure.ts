/**
 * An error of `listen` in words that say what to do.
 * @param port the port and @param host the address that were asked for.
 */
export function listenFailure(error: unknown, port: number, host: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new Error(`port ${port} of ${host} is in use: stop what uses it, or take another with --port N`);
    case 'EACCES':
      return new Error(`port ${port} of ${host} is not for this user: take one above 1023 with --port N`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new Error(`--host: expected a name or an address of this machine, ${host} is none (${code})`);
    default:
      return new Error(`port ${port} of ${host} can't be listened on: ${message}`);
  }
}
