import { describe, expect, it } from 'vitest'
import { safeFileName } from '../../../src/mime/file-name.js'

describe('safeFileName', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['Übersicht 台北.pdf', 'Übersicht 台北.pdf'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..\\..\\boot.ini', '_.._boot.ini'],
    ['/etc/passwd', '_etc_passwd'],
    ['C:\\x.txt', 'C__x.txt'],
    ['a\r\nb\0c.txt', 'a__b_c.txt'],
    ['photo\u202Egpj.exe', 'photogpj.exe'],
    ['zero\u200Bwidth.txt', 'zerowidth.txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1.tar.gz', '_com1.tar.gz'],
    ['console.txt', 'console.txt'],
    ['.htaccess', 'htaccess'],
    ['name. . ', 'name'],
    ['a<b>:"c|d?*', 'a_b___c_d__'],
    ['e\u0301.txt', '\u00e9.txt'],
    ['half \ud800 pair', 'half  pair'],
    ['', 'attachment'],
    ['...', 'attachment'],
    ['///', 'attachment'],
    ['\u202e\u200b', 'attachment'],
  ])('%j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected)
  })

  it('takes the fallback', () => {
    expect(safeFileName('..', 'part-2')).toBe('part-2')
  })

  it('keeps the extension and whole characters of a long name', () => {
    const name = safeFileName(`${'ü'.repeat(300)}.pdf`)
    expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255)
    expect(name).toMatch(/^ü+\.pdf$/)
    expect(new TextEncoder().encode(safeFileName('🎉'.repeat(200))).length).toBe(252)
    expect(safeFileName(`a.${'x'.repeat(400)}`)).toHaveLength(255)
  })
})
