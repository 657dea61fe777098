package docs

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"sigs.k8s.io/yaml"
)

// Block is a fenced block of commands.
type Block struct {
	// Page is the file, from the root of the repository.
	Page string
	// Line is where in the page the first command stands.
	Line int
	// Text is what stands in the fence.
	Text string
	// NotRun is why no test runs it, empty where one does.
	NotRun string
	// Statements are its commands. Of a block that is not run there are none.
	Statements []Statement
}

// String names the block for people.
func (b Block) String() string { return fmt.Sprintf("%s:%d", b.Page, b.Line) }

// Has tells whether a suite runs a command of the block.
func (b Block) Has(suite Suite) bool {
	return slices.ContainsFunc(b.Statements, func(s Statement) bool { return s.Suite == suite })
}

// Script gives those commands of the block that are of these suites.
func (b Block) Script(suites ...Suite) string {
	var lines []string
	for _, s := range b.Statements {
		if slices.Contains(suites, s.Suite) {
			lines = append(lines, s.Text)
		}
	}
	return strings.Join(lines, "\n")
}

//go:embed commands.yaml
var commands []byte

// table is commands.yaml.
type table struct {
	Commands     []rule
	Placeholders map[string]string
	Elsewhere    map[string]string
}

func readTable() (table, error) {
	var t table
	if err := yaml.UnmarshalStrict(commands, &t); err != nil {
		return table{}, fmt.Errorf("commands.yaml: %w", err)
	}
	for _, r := range t.Commands {
		if r.Suite.rank() < 0 {
			return table{}, fmt.Errorf("commands.yaml: %q is not a suite", r.Suite)
		}
	}
	return t, nil
}

// Read gives every block of commands of the tree's Markdown pages, in the order
// of their names. The error names every command that no suite runs and that has
// no reason.
func Read(root string) ([]Block, error) {
	t, err := readTable()
	if err != nil {
		return nil, err
	}
	files, err := Files(root)
	if err != nil {
		return nil, err
	}
	var blocks []Block
	var problems []error
	for _, file := range files {
		if path.Ext(file) != ".md" || t.elsewhere(file) {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return nil, err
		}
		found, err := t.page(file, source)
		blocks, problems = append(blocks, found...), append(problems, err)
	}
	return blocks, errors.Join(problems...)
}

// Files gives the files of the tree, those that are not in Git yet included,
// from its root.
func Files(root string) ([]string, error) {
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	files := strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	files = slices.DeleteFunc(files, func(name string) bool {
		_, err := os.Lstat(filepath.Join(root, name))
		return err != nil // deleted, and still in Git
	})
	slices.Sort(files)
	return files, nil
}

func (t table) elsewhere(page string) bool {
	for pattern := range t.Elsewhere {
		if ok, _ := path.Match(pattern, page); ok {
			return true
		}
	}
	return false
}

var (
	shells = []string{"", "sh", "bash", "shell", "console"}
	notRun = regexp.MustCompile(`(?s)^<!-- not run: (.+?) -->\s*$`)
)

// page reads the blocks of one page.
func (t table) page(name string, source []byte) ([]Block, error) {
	var blocks []Block
	var problems []error
	document := goldmark.DefaultParser().Parse(text.NewReader(source))
	err := ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		fence, ok := node.(*ast.FencedCodeBlock)
		if !ok || !entering || !slices.Contains(shells, string(fence.Language(source))) || fence.Lines().Len() == 0 {
			return ast.WalkContinue, nil
		}
		block := Block{
			Page: name, Text: string(fence.Lines().Value(source)), NotRun: reason(fence, source),
			Line: bytes.Count(source[:fence.Lines().At(0).Start], []byte("\n")) + 1,
		}
		if block.NotRun == "" {
			var err error
			block.Statements, err = t.statements(block)
			problems = append(problems, err)
		}
		blocks = append(blocks, block)
		return ast.WalkContinue, nil
	})
	return blocks, errors.Join(append(problems, err)...)
}

// reason is that of the comment above a fence.
func reason(fence ast.Node, source []byte) string {
	above, ok := fence.PreviousSibling().(*ast.HTMLBlock)
	if !ok {
		return ""
	}
	text := above.Lines().Value(source)
	if above.HasClosure() {
		text = append(text, above.ClosureLine.Value(source)...)
	}
	found := notRun.FindSubmatch(text)
	if found == nil {
		return ""
	}
	return strings.Join(strings.Fields(string(found[1])), " ")
}
