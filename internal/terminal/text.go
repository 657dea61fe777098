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

// Text is a text that grows, in which nothing but its colours is unsafe for a
// terminal. Its String is what was written to it.
type Text struct {
	out      strings.Builder
	Coloured bool // what [Text.In] is given has its colour
}

// Styled is text that is safe as it is: made by [Text.In], [Lines] or from a
// constant.
type Styled string

// In gives words in a colour, or as they are in a text without colours.
func (t *Text) In(colour, words string) Styled {
	words = Safe(words)
	if !t.Coloured {
		return Styled(words)
	}
	return Styled(colour + words + reset)
}

// Lines sets the further lines of a text below its first, each behind indent,
// as [SafeLines].
func Lines(text, indent string) Styled {
	return Styled(strings.ReplaceAll(SafeLines(strings.TrimRight(text, "\n")), "\n", "\n"+indent))
}

// Add writes text that is safe as it is.
func (t *Text) Add(text Styled) {
	_, _ = t.out.WriteString(string(text)) // a Builder does not fail
}

// Line writes a line, in the way of [fmt.Fprintf]; the newline is its own.
// Every argument that is not [Styled] is made [Safe].
func (t *Text) Line(format string, args ...any) {
	safe := make([]any, len(args))
	for i, arg := range args {
		safe[i] = arg
		switch arg := arg.(type) {
		case Styled, bool, int, int32, int64, uint32, uint64, float32, float64:
		case string:
			safe[i] = Safe(arg)
		default:
			safe[i] = Safe(fmt.Sprint(arg))
		}
	}
	_, _ = fmt.Fprintf(&t.out, format+"\n", safe...) // a Builder does not fail
}

// String is what was written.
func (t *Text) String() string { return t.out.String() }

// Counted gives a number with its noun, which becomes plural by an s.
func Counted[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
