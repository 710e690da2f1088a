import { useEffect, useState } from "preact/hooks";

/** What stands behind the screen's name in the address: `#/logs/12/verify` → `["12", "verify"]`. */
export function usePlace(): readonly string[] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const read = () => setHash(location.hash);
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return hash.replace(/^#\//, "").split("/").slice(1).map(decodeURIComponent);
}
