import type { Answer, Request } from "../../http/exchange.js";
import { type ServerOptions, type Simulator, startServer } from "../../http/server.js";

export interface FilesHost extends Simulator {
  /** The paths of requests that carried somebody's key, which belongs to another host. */
  readonly keysSent: readonly string[];
}

/** The host of exported files: it refuses requests that carry a key, and notes them. */
export async function startFilesHost(
  options: ServerOptions,
  file: (request: Request) => Answer,
): Promise<FilesHost> {
  const keysSent: string[] = [];
  const handle = (request: Request): Answer => {
    const { headers, path } = request;
    if (headers["api-key"] ?? headers.api_key ?? headers.authorization) {
      keysSent.push(path);
      const body =
        "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>";
      return { status: 400, headers: { "content-type": "application/xml" }, body };
    }
    return file(request);
  };
  const server = await startServer(options, handle, () => ({ status: 200, body: { keysSent } }));
  return { ...server, keysSent };
}
