import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client, escapeLiteral } from "pg";

export interface InstallSpec {
  /** Database appdb, as its administrator. */
  readonly adminUrl: string;
  /** Passwords of roles `shop` and `pawl_guard`, where the server asks for any. */
  readonly passwords?: { readonly shop: string; readonly pawlGuard: string };
}

/** Creates the shop's schema and roles in an empty database. @throws {Error} the database's refusal, e.g. where it exists. */
export const installShop = async ({ adminUrl, passwords }: InstallSpec): Promise<void> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(await readFile(join(import.meta.dirname, "schema.sql"), "utf8"));
    if (passwords === undefined) return;
    await client.query(`alter role shop password ${escapeLiteral(passwords.shop)}`);
    await client.query(`alter role pawl_guard password ${escapeLiteral(passwords.pawlGuard)}`);
  } finally {
    await client.end();
  }
};
