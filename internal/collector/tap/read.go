package tap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrAnswer says that an answer is none of a tap's.
var ErrAnswer = errors.New("this is no answer of the collector's tap")

// Read reads an answer of a tap. Its error is [ErrAnswer] with the line, and
// does not repeat what stands there.
func Read(answer []byte) (Head, []Span, error) {
	var head Head
	var spans []Span
	lines := json.NewDecoder(bytes.NewReader(answer))
	for n := 1; ; n++ {
		var into any = &head
		if n > 1 {
			spans = append(spans, Span{})
			into = &spans[len(spans)-1]
		}
		err := lines.Decode(into)
		switch {
		case errors.Is(err, io.EOF) && n > 1:
			return head, spans[:len(spans)-1], nil
		case err != nil:
			return Head{}, nil, fmt.Errorf("%w: line %d", ErrAnswer, n)
		case n > 1 && !spans[len(spans)-1].valid():
			return Head{}, nil, fmt.Errorf("%w: line %d has no ids", ErrAnswer, n)
		}
	}
}

// valid tells whether a span can stand in a tree.
func (s *Span) valid() bool { return s.Trace != "" && s.ID != "" && s.ID != s.Parent }
