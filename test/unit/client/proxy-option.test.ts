import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { connect, type ConnectOptions } from '../../../src/index.js'
import { readProxy } from '../../../src/client/proxy-option.js'
import { resolveOptions } from '../../../src/client/options.js'
import type { ProxyOptions } from '../../../src/connection/proxy.js'
import { ArgumentError } from '../../../src/model/errors.js'

const read = (given: unknown, host = 'imap.example.org') => readProxy(given as ProxyOptions, host)

/** What reading throws. */
function refused(given: unknown, host?: string): Error {
  try {
    read(given, host)
  } catch (error) {
    return error as Error
  }
  throw new Error('this should have been refused')
}

describe('the option proxy', () => {
  it.each([
    ['socks5://proxy', 'socks5', 'proxy', 1080],
    ['socks5h://proxy:9050', 'socks5h', 'proxy', 9050],
    ['SOCKS4://Proxy/', 'socks4', 'Proxy', 1080],
    ['socks4a://[::1]:1', 'socks4a', '::1', 1],
    ['http://proxy.example.org', 'http', 'proxy.example.org', 80],
    [' http://10.0.0.1:8080/ ', 'http', '10.0.0.1', 8080],
    ['https://proxy.example.org:/', 'https', 'proxy.example.org', 443],
    ['http://prøxy.example.org:3128', 'http', 'xn--prxy-hra.example.org', 3128],
  ])('reads %j', (url, scheme, host, port) => {
    for (const given of [url, { url }]) {
      const proxy = read(given)
      expect(proxy).toMatchObject({ scheme, host, port })
      expect(proxy.login()).toBeUndefined()
    }
  })

  it.each([
    ['http://carol:pass@proxy', 'carol', 'pass'],
    ['http://carol@proxy', 'carol', ''],
    ['http://carol:@proxy', 'carol', ''],
    ['socks5://c%40d:p%3Aq%2F%25@proxy', 'c@d', 'p:q/%'],
    ['socks5://carol:p@ss:word@proxy:1', 'carol', 'p@ss:word'],
    ['socks5://j%C3%B6rg:p%C3%A4ss@[::1]', 'jörg', 'päss'],
    ['socks4a://carol@proxy', 'carol', ''],
    [{ url: 'http://proxy', user: 'carol', password: 'p%41' }, 'carol', 'p%41'],
    [{ url: 'http://carol@proxy', password: 'pass' }, 'carol', 'pass'],
    [{ url: 'http://proxy', user: 'carol' }, 'carol', ''],
    [{ url: `socks5://${'u'.repeat(255)}@proxy`, password: 'p'.repeat(255) }, 'u'.repeat(255), 'p'.repeat(255)],
  ])('reads who logs in: %j', (given, user, password) => {
    expect(read(given).login()).toEqual({ user, password })
  })

  it.each([
    [7, /proxy is not an object|proxy is an object|proxy/],
    [null, /proxy/],
    [{}, /proxy is a URL/],
    [{ url: new URL('http://proxy') }, /proxy is a URL/],
    [{ url: 'http://proxy', pasword: 'x' }, /proxy\.pasword is not known: use url, user, password, tls/],
    ['', /no URL with a scheme/],
    ['proxy.example.org:1080', /no URL with a scheme/],
    ['carol:hunter22@proxy:1080', /no URL with a scheme/],
    ['//carol:hunter22@proxy:1080', /no URL with a scheme/],
    ['http:/carol:hunter22@proxy', /no URL with a scheme/],
    ['http://carol:hunter/22@proxy', /percent-encode \/ \? #/],
    ['http://carol:hunter#22@proxy', /percent-encode/],
    ['http://carol:hunter22@proxy/path', /no URL with a scheme/],
    ['http://carol:hunter22@proxy?x', /no URL with a scheme/],
    ['http://carol:hunter22@proxy#x', /no URL with a scheme/],
    ['http://carol:hunter22@proxy\r\nX: y', /no URL with a scheme/],
    ['socks://carol:hunter22@proxy', /scheme of proxy is not known: use socks5, socks5h, socks4, socks4a, http, https/],
    ['constructor://proxy', /scheme of proxy is not known/],
    ['ftp://carol:hunter22@proxy', /scheme of proxy is not known/],
    ['http://carol:hunter22@', /The host in proxy/],
    ['http://', /The host in proxy/],
    ['http://carol:hunter22@proxy:0', /The port in proxy/],
    ['http://carol:hunter22@proxy:65536', /The port in proxy/],
    ['http://carol:hunter22@proxy:80a', /host or the port in proxy/],
    ['http://proxy:80:hunter22', /host or the port in proxy/],
    ['http://[::1', /host or the port in proxy/],
    ['http://[hunter22]:80', /no address of IPv6/],
    ['http://[fe80::1%25eth0]:80', /no address of IPv6/],
    ['http://carol:hunter22@pro\\xy', /no URL with a scheme/],
    ['http://carol:hunter%2@proxy', /bad % code/],
    ['http://carol:hunter%ff22@proxy', /bad % code/],
    ['http://:hunter22@proxy', /password but no user/],
    ['http://@proxy', /password but no user/],
    [{ url: 'http://proxy', password: 'hunter22' }, /password but no user/],
    [{ url: 'http://carol@proxy', user: 'carol' }, /says user or password already/],
    [{ url: 'http://carol:hunter22@proxy', password: 'x' }, /says user or password already/],
    [{ url: 'http://proxy', user: 7 }, /proxy\.user is a string/],
    [{ url: 'http://proxy', user: 'carol', password: 7 }, /proxy\.password is a string/],
    [{ url: 'http://proxy', user: 'carol', password: 'hunter22\r\nX: y' }, /control character/],
    ['socks5://carol%00:hunter22@proxy', /control character/],
    [{ url: 'http://proxy', user: 'car:ol', password: 'hunter22' }, /no colon/],
    ['socks4://carol:hunter22@proxy', /SOCKS4 has no passwords/],
    [{ url: 'socks5://proxy', user: 'u'.repeat(256) }, /255 octets at most/],
    [{ url: 'socks5h://proxy', user: 'u', password: 'ä'.repeat(128) }, /255 octets at most/],
    [{ url: 'http://proxy', tls: {} }, /proxy\.tls is for https/],
    [{ url: 'https://proxy', tls: 'no' }, /proxy\.tls is an object/],
    [{ url: 'https://proxy', tls: { pin: 'hunter22' } }, /tls\.pin is no base64/],
  ])('refuses %j, and shows no password', (given, message) => {
    const error = refused(given)
    expect(error).toBeInstanceOf(ArgumentError)
    expect(error.message).toMatch(message)
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter')
  })

  it.each([
    ['socks4://proxy', '2001:db8::1', /SOCKS4 has no addresses of IPv6/],
    ['socks4a://proxy', '::1', /SOCKS4 has no addresses of IPv6/],
    ['socks5://proxy', 'fe80::1%eth0', /no address that a proxy could connect to/],
    ['http://proxy', '1:2:3', /no address that a proxy could connect to/],
    ['socks5h://proxy', 'a.'.repeat(128), /more than 255 characters/],
  ])('refuses %s for %s', (url, host, message) => {
    expect(refused(url, host).message).toMatch(message)
  })

  it('is one of two ways, never both', () => {
    const options = { host: 'h', proxy: 'http://proxy', transport: () => undefined as never }
    expect(() => resolveOptions(options)).toThrow(/proxy and transport are two ways/)
  })

  it('is refused before anything is dialled', async () => {
    const options: ConnectOptions = { host: '127.0.0.1', port: 1, proxy: 'carol:hunter22@proxy' }
    await expect(connect(options)).rejects.toBeInstanceOf(ArgumentError)
  })

  it('goes with a URL, too', () => {
    const resolved = resolveOptions('imaps://imap.example.org/', { proxy: 'http://carol:hunter22@proxy:8080' })
    expect(resolved.proxy).toMatchObject({ host: 'proxy', port: 8080 })
    expect(inspect(resolved, { depth: Infinity, showHidden: true })).not.toContain('hunter')
    expect(JSON.stringify(resolved)).not.toContain('hunter')
  })
})
