package mesh

import (
	"context"
	"encoding/json"
	"errors"
)

// SecretKey gives the value of one key of a Secret. The error of a Secret, or of
// a key, that is not there is [ErrNoKey]; see [Refused] for others.
func SecretKey(ctx context.Context, from Source, namespace, name, key string) ([]byte, error) {
	text, err := from.Get(ctx, secrets, namespace, name)
	switch {
	case Absent(err):
		return nil, ErrNoKey
	case err != nil:
		return nil, err
	}
	var secret struct {
		Data map[string][]byte `json:"data"`
	}
	if err := json.Unmarshal(text, &secret); err != nil {
		return nil, errors.New("the answer is not a Secret") // encoding/json could quote what is in it
	}
	value, ok := secret.Data[key]
	if !ok {
		return nil, ErrNoKey
	}
	return value, nil
}

// ErrNoKey says that there is no such Secret, or that it has no such key.
var ErrNoKey = errors.New("there is no such Secret, or it has no such key")
