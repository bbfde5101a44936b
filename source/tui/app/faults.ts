/**
 * Hears what nobody has caught, while a screen has the terminal: it gives the terminal back first, and then the fault
 * goes where every other one goes. Returns what ends the hearing.
 */
export function hearFaults(tell: (fault: unknown) => void): () => void {
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
  return () => {
    process.off('uncaughtException', tell);
    process.off('unhandledRejection', tell);
  };
}
