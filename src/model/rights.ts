/**
 * A right of an access control list: a letter in lower case, or a digit (RFC 4314 §2.1).
 *
 * `l` see it in LIST · `r` read · `s` keep `\Seen` · `w` set flags · `i` append and copy into it · `p` post to its address ·
 * `k` create mailboxes below · `x` delete it · `t` set `\Deleted` · `e` expunge · `a` administer · `n` write shared
 * annotations (RFC 5257). `c` (create) and `d` (delete) are the rights of RFC 2086, which the newer letters replace.
 */
export type Right = 'l' | 'r' | 's' | 'w' | 'i' | 'p' | 'k' | 'x' | 't' | 'e' | 'a' | 'n' | 'c' | 'd' | (string & {})
