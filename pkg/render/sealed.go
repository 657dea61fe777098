package render

// sealed holds a value that may have secrets, where fmt does not look: in a
// field that is not exported it calls no Format, and follows pointers.
type sealed[T any] func() T

func seal[T any](value T) sealed[T] { return func() T { return value } }

// open gives the value, of a zero sealed the zero value.
func (s sealed[T]) open() (value T) {
	if s != nil {
		value = s()
	}
	return value
}
