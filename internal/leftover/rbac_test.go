package leftover

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// TestTheClusterRoleIsWhatIsListed holds the ClusterRole of docs/migrate-rbac.yaml to what
// is looked at: each kind may be listed, and nothing else may be done.
func TestTheClusterRoleIsWhatIsListed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/migrate-rbac.yaml")
	require.NoError(t, err)
	var granted []string
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		role := &rbacv1.ClusterRole{}
		require.NoError(t, yaml.UnmarshalStrict(document, role))
		if role.Kind != "ClusterRole" {
			continue
		}
		for _, rule := range role.Rules {
			assert.Equal(t, []string{"list"}, rule.Verbs)
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					granted = append(granted, resource+"."+group)
				}
			}
		}
	}
	looked := []string{secrets.Name + "." + secrets.Group}
	all, err := kinds()
	require.NoError(t, err)
	for _, k := range all {
		looked = append(looked, k.Name+"."+k.Group)
	}
	assert.ElementsMatch(t, looked, granted)
}
