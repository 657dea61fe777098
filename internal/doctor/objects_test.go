package doctor

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/certificate"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// everyObject reads the file that OBJECTS names, such as all objects of a
// cluster; without it they are those of the tests.
func everyObject(t *testing.T) *mesh.Recorded {
	t.Helper()
	name := os.Getenv("OBJECTS")
	if name == "" {
		return recordedBase(t, "direct")
	}
	file, err := os.Open(name)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	recorded, err := mesh.ReadRecorded(file)
	require.NoError(t, err)
	return recorded
}

// holds tells of a panic, without what the object holds.
func holds(t *testing.T, at string, work func()) {
	t.Helper()
	defer func() {
		if recover() != nil {
			t.Errorf("%s: panic\n%s", at, debug.Stack())
		}
	}()
	work()
}

// TestEveryObjectIsExaminedWithoutAPanic has all objects at once, all but those
// of one kind, and each ConfigMap and Secret by itself.
func TestEveryObjectIsExaminedWithoutAPanic(t *testing.T) {
	t.Parallel()
	all := everyObject(t)
	d, err := New()
	require.NoError(t, err)
	kinds := map[string]bool{"": true}
	for i := range all.Objects {
		kinds[all.Objects[i].GetKind()] = true
	}
	for without := range kinds {
		part := &mesh.Recorded{}
		for i := range all.Objects {
			if all.Objects[i].GetKind() != without {
				part.Objects = append(part.Objects, all.Objects[i])
			}
		}
		holds(t, "all objects but each "+without, func() {
			snapshot, err := mesh.Read(t.Context(), part, mesh.Options{})
			require.NoError(t, err)
			if without == "" {
				require.NotEmpty(t, snapshot.Istiods)
				require.NotEmpty(t, snapshot.Pods)
			}
			require.NotNil(t, d.Summarise(snapshot, nil, d.Examine(snapshot, &Observations{})))
		})
	}
	for i := range all.Objects {
		o := &all.Objects[i]
		texts, _, _ := unstructured.NestedMap(o.Object, "data")
		for key, text := range texts {
			at := fmt.Sprintf("%s %s/%s, key %s", o.GetKind(), o.GetNamespace(), o.GetName(), key)
			holds(t, at, func() {
				certificate.Check(key, fmt.Sprint(text), time.Now())
				data, err := o.MarshalJSON()
				require.NoError(t, err)
				_, _ = Edit{Key: key, Remove: []string{"extensionProviders[name=x]"}, Append: []string{"defaultTemplates=x"}}.Apply(data)
			})
		}
	}
	t.Logf("%d objects of %d kinds", len(all.Objects), len(kinds)-1)
}

// TestEveryObjectIsMigratedWithoutAPanic gives every object to migrate as the
// document of a user, and each text of a ConfigMap.
func TestEveryObjectIsMigratedWithoutAPanic(t *testing.T) {
	t.Parallel()
	all := everyObject(t)
	documents := 0
	for i := range all.Objects {
		o := &all.Objects[i]
		whole, err := yaml.Marshal(o.Object)
		require.NoError(t, err)
		texts := map[string]string{"": string(whole)}
		if data, _, _ := unstructured.NestedStringMap(o.Object, "data"); o.GetKind() == "ConfigMap" {
			for key, text := range data {
				texts[key] = text
			}
		}
		for key, text := range texts {
			at := strings.TrimSpace(fmt.Sprintf("%s %s/%s %s", o.GetKind(), o.GetNamespace(), o.GetName(), key))
			documents++
			holds(t, at, func() {
				result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.31"})
				require.NoError(t, err, at)
				_ = result.Report()
				for _, document := range result.Documents {
					_ = result.Diff(document)
				}
			})
		}
	}
	t.Logf("%d objects, %d documents", len(all.Objects), documents)
}
