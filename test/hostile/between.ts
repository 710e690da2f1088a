import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What stands between a connector and a vendor, and answers in the vendor's place as it likes. */
export interface Between {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes requests on to `target`, except where `meddle` has answered: it returns whether it has. */
export async function standBetween(
  target: string,
  meddle: (asked: IncomingMessage, answer: ServerResponse) => boolean,
): Promise<Between> {
  const server = createServer((asked, answer) => {
    if (meddle(asked, answer)) return;
    const { method, headers } = asked;
    const onward = request(new URL(asked.url ?? "/", target), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
