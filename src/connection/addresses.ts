/** The octets of a dotted address of IPv4; undefined for everything else. */
export function ipv4Octets(text: string): number[] | undefined {
  const octets = text.split('.').map((each) => (/^\d{1,3}$/.test(each) ? Number(each) : Infinity))
  return octets.length === 4 && octets.every((each) => each <= 255) ? octets : undefined
}

/** The octets of an address of IPv6 (RFC 4291 §2.2); undefined for everything else, an address with a zone included. */
export function ipv6Octets(text: string): number[] | undefined {
  const parts = text.split('::').map((groups) => (groups === '' ? [] : groupOctets(groups)))
  const [left, right] = parts
  if (left === undefined || parts.length > 2 || parts.includes(undefined)) return undefined
  if (right === undefined) return left.length === 16 ? left : undefined
  const missing = 16 - left.length - right.length
  return missing >= 2 ? [...left, ...new Array<number>(missing).fill(0), ...right] : undefined
}

function groupOctets(text: string): number[] | undefined {
  const groups = text.split(':')
  const octets = groups.flatMap((group, index) => {
    // Only the last 32 bits may be written as IPv4.
    const dotted = index === groups.length - 1 ? ipv4Octets(group) : undefined
    if (dotted !== undefined) return dotted
    return /^[0-9A-Fa-f]{1,4}$/.test(group) ? [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff] : [undefined]
  })
  return octets.every((octet) => octet !== undefined) ? octets : undefined
}
