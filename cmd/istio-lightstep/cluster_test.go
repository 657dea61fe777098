package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each program is given what was said of the cluster by the names of its own flags.
func TestClusterFlagsOfOtherPrograms(t *testing.T) {
	t.Setenv("HELM_KUBEAPISERVER", "")
	command := &cobra.Command{}
	c := newClusterFlags()
	c.register(command)
	require.NoError(t, command.ParseFlags([]string{"--context=a b", "--kubeconfig=k", "--as=u", "--as-group=g", "--as-group=h"}))
	server := "https://s"
	c.APIServer, c.Insecure = &server, new(bool)
	assert.Equal(t, "'--context=a b' --kubeconfig=k --as=u --as-group=g --as-group=h --server=https://s --insecure-skip-tls-verify=true", c.forKubectl())
	assert.Equal(t, "'--kube-context=a b' --kubeconfig=k --kube-as-user=u --kube-as-group=g --kube-as-group=h --kube-apiserver=https://s --kube-insecure-skip-tls-verify=true", c.forHelm())
	assert.Equal(t, "'--context=a b' --kubeconfig=k --as=u --as-group=g --as-group=h", c.forIstioctl())
}
