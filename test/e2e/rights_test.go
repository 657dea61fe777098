//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	authentication "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// mover is a ServiceAccount that has what docs/migrate-rbac.yaml grants, bound as the file
// says.
const mover = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: mover}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: mover}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: istio-lightstep-move}
subjects: [{kind: ServiceAccount, name: mover, namespace: %[1]s}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: mover}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: istio-lightstep-verify}
subjects: [{kind: ServiceAccount, name: mover, namespace: %[1]s}]
`

// documentedRights gives a kubeconfig for a ServiceAccount that has just the rights that
// docs/migrate-rbac.yaml names. All of it is gone at the test's end.
func (m *mesh) documentedRights(t *testing.T) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	roles, err := os.ReadFile(filepath.Join(m.Root, "docs/migrate-rbac.yaml"))
	require.NoError(t, err)
	objects := string(roles) + "\n---\n" + fmt.Sprintf(mover, m.Namespace)
	require.NoError(t, m.cluster.Apply(ctx, m.Namespace, objects))
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, m.Namespace, objects)) })
	return m.rightsOf(t, "mover")
}

// rightsOf gives a kubeconfig for a ServiceAccount of the release's namespace.
func (m *mesh) rightsOf(t *testing.T, account string) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	token, err := m.cluster.Kubernetes.CoreV1().ServiceAccounts(m.Namespace).CreateToken(ctx, account, &authentication.TokenRequest{}, metav1.CreateOptions{})
	require.NoError(t, err)

	config, err := clientcmd.LoadFromFile(m.Kubeconfig)
	require.NoError(t, err)
	config.CurrentContext = m.cluster.Context
	config.AuthInfos[config.Contexts[m.cluster.Context].AuthInfo] = &api.AuthInfo{Token: token.Status.Token}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(*config, file))
	return file
}
