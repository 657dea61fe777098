package migrate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestEdits: what stays and what is put in is the later text, what stays and
// what is taken out the earlier.
func TestEdits(t *testing.T) {
	for _, texts := range [][2]string{
		{"a b c d", "a d"},
		{"a b a b a", "b a"},
		{"a b c", "a x c"},
		{"a", ""},
		{"", "a"},
		{"a b", "a b"},
		{"a b c a", "x a y"},
		{"--- a --- b", "--- b"},
	} {
		before, after := strings.Fields(texts[0]), strings.Fields(texts[1])
		var from, to []string
		for _, e := range edits(before, after) {
			if e.kind != '+' {
				from = append(from, e.text)
			}
			if e.kind != '-' {
				to = append(to, e.text)
			}
		}
		assert.Equal(t, texts[0], strings.Join(from, " "))
		assert.Equal(t, texts[1], strings.Join(to, " "))
	}
}

func TestUnified(t *testing.T) {
	before := strings.SplitAfter("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "\n")
	after := strings.SplitAfter("2\n3\n4\n5\n6\n7\nx\n9\n10\n11\n12\n", "\n")
	assert.Equal(t, "--- a\n+++ b\n@@ -1,3 +1,2 @@\n-1\n 2\n 3\n@@ -6,5 +5,5 @@\n 6\n 7\n-8\n+x\n 9\n 10\n", unified("a", "b", edits(before, after)))
	assert.Empty(t, unified("a", "b", edits(before, before)))
	assert.Equal(t, "--- a\n+++ b\n@@ -1 +0,0 @@\n-1\n", unified("a", "b", edits([]string{"1\n"}, nil)))
}
