// Which of the phrases that the sandbox understands are shown at once: the list is long and ordered by
// subject, so a few are taken from all over it.

export function someOf(phrases: readonly string[], count: number): string[] {
  if (phrases.length <= count) return [...phrases];
  return Array.from({ length: count }, (_, i) => phrases[Math.floor((i * phrases.length) / count)]!);
}
