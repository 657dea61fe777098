//go:build !race

package migrate_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// FuzzMigrate gives migrate any text. What it takes out it takes out whole:
// what is left are pieces of the text, and means a part of what it meant.
func FuzzMigrate(f *testing.F) {
	seeds := fuzzSeeds(f)
	for _, seed := range seeds {
		f.Add(seed)
		f.Add(strings.TrimSuffix(seed, "\n"))
		f.Add("\ufeff" + seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		document := result.Documents[0]
		require.True(t, taken(document.Before, document.After))
		_ = result.Report()
		_ = result.Diff(document)
		before, readable := decodeAll(document.Before)
		if !readable || !document.Changed() {
			return
		}
		after, readable := decodeAll(document.After)
		require.True(t, readable, "%s", document.After)
		require.NoError(t, partOf("", after, before))
	})
}

// fuzzSeeds are the files of the corpus.
func fuzzSeeds(f *testing.F) []string {
	f.Helper()
	var seeds []string
	for _, s := range readShapes(f) {
		for _, source := range s.sources {
			seeds = append(seeds, string(source.Data))
		}
	}
	return seeds
}

// decodeAll reads every document that is not empty, and whether all could be. A
// merge key is read as any other key: what it brings in is where it is merged
// from, and a value that was taken out may have hidden some of it.
func decodeAll(data []byte) ([]any, bool) {
	var all []any
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var node yaml.Node
		var value any
		err := decoder.Decode(&node)
		if err == nil {
			plainMerges(&node)
			err = node.Decode(&value)
		}
		if errors.Is(err, io.EOF) {
			return all, true
		}
		if err != nil {
			return nil, false
		}
		if value != nil {
			all = append(all, value)
		}
	}
}

func plainMerges(n *yaml.Node) {
	if n.Tag == "!!merge" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		plainMerges(child)
	}
}

// partOf tells whether a value is another with parts taken out.
func partOf(path string, part, whole any) error {
	switch part := part.(type) {
	case map[string]any:
		all, ok := whole.(map[string]any)
		if !ok {
			break
		}
		for key, value := range part {
			if _, found := all[key]; !found {
				return fmt.Errorf("%s.%s is new", path, key)
			}
			if err := partOf(path+"."+key, value, all[key]); err != nil {
				return err
			}
		}
		return nil
	case []any:
		all, ok := whole.([]any)
		if !ok {
			break
		}
		return partOfList(path, part, all)
	case string:
		if text, ok := whole.(string); ok && taken([]byte(text), []byte(part)) {
			return nil // a document within
		}
	}
	if reflect.DeepEqual(part, whole) {
		return nil
	}
	return fmt.Errorf("%s is another", path)
}

func partOfList(path string, part, all []any) error {
	for i, value := range part {
		for len(all) > 0 && partOf(path, value, all[0]) != nil {
			all = all[1:]
		}
		if len(all) == 0 {
			return fmt.Errorf("%s[%d] is new", path, i)
		}
		all = all[1:]
	}
	return nil
}
