import type { FetchData, SectionData } from '../model/message.js'

/** Makes one of two answers about the same message; what the later one tells counts. Neither is changed. */
export function mergeFetchData(earlier: FetchData, later: FetchData): FetchData {
  const merged: FetchData = { ...earlier }
  for (const [key, value] of Object.entries(later)) {
    if (value !== undefined) merged[key] = value
  }
  merged.sections = mergeSections(earlier.sections, later.sections)
  if (earlier.binarySizes !== undefined && later.binarySizes !== undefined) {
    merged.binarySizes = new Map([...earlier.binarySizes, ...later.binarySizes])
  }
  if (earlier.defects !== undefined && later.defects !== undefined) {
    merged.defects = [...earlier.defects, ...later.defects]
  }
  return merged
}

function mergeSections(
  earlier: SectionData[] | undefined,
  later: SectionData[] | undefined,
): SectionData[] | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier
  const kept = earlier.filter((each) => !later.some((other) => isSame(each, other)))
  return [...kept, ...later]
}

function isSame(a: SectionData, b: SectionData): boolean {
  return a.kind === b.kind && a.section === b.section && a.offset === b.offset
}
