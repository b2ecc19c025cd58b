const BYTE_ORDER_MARK = "\uFEFF";

/** A text without the mark that some editors and shells put before it; JSON lets a reader pass over it (RFC 8259, 8.1). */
export const withoutByteOrderMark = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
