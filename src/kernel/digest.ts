/** SHA-256 of a text, as 64 hexadecimal digits. Handed in from outside: the pure stages import no `node:crypto`. */
export type Digest = (text: string) => string;
