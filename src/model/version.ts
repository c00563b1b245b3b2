/** The version of this package, told to servers by ID (RFC 2971). */
export const VERSION = '0.1.0'
