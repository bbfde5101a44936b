// The encoder inside the xmlrpc package; its typings cover clients and servers only.
declare module 'xmlrpc/lib/serializer.js' {
  const serializer: { serializeMethodCall(method: string, params: readonly unknown[], encoding?: string): string };
  export default serializer;
}
