package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

var itemName = regexp.MustCompile(`(?m)^\t\{"(\w+)", \w+\},$`)

// Names are those of all items, in the order in which they run, of the repository at root.
func Names(root string) ([]string, error) {
	var names []string
	for _, list := range []string{"items_quick_test.go", "items_slow_test.go"} {
		text, err := os.ReadFile(filepath.Join(root, "test", "e2e", list))
		if err != nil {
			return nil, err
		}
		found := itemName.FindAllSubmatch(text, -1)
		if len(found) == 0 {
			return nil, fmt.Errorf("test/e2e/%s has no items", list)
		}
		for _, name := range found {
			names = append(names, string(name[1]))
		}
	}
	return names, nil
}
