package terminal

import (
	"fmt"
	"strings"
)

// The colours of a terminal (ECMA-48), for [Text.In]; they may be joined.
const (
	Red    = "\x1b[31m"
	Yellow = "\x1b[33m"
	Green  = "\x1b[32m"
	Bold   = "\x1b[1m"
	Faint  = "\x1b[2m"

	reset = "\x1b[0m"
)

// Text is a text that grows. Its String is what was written to it.
type Text struct {
	strings.Builder
	Coloured bool // what [Text.In] is given has its colour
}

// In gives words in a colour, or as they are in a text without colours.
func (t *Text) In(colour, words string) string {
	if !t.Coloured {
		return words
	}
	return colour + words + reset
}

// Add writes text as it is.
func (t *Text) Add(text string) {
	_, _ = t.WriteString(text) // a Builder does not fail
}

// Line writes a line, in the way of [fmt.Fprintf]; the newline is its own.
func (t *Text) Line(format string, args ...any) {
	_, _ = fmt.Fprintf(t, format+"\n", args...) // a Builder does not fail
}

// Counted gives a number with its noun, which becomes plural by an s.
func Counted[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
