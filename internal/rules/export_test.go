package rules

// InvertOperator turns an operator into its opposite until the function it
// gives is called. For the mutation test, which shows that the corpus sees it.
func InvertOperator(name string) (restore func()) {
	op := operators[name]
	right := op.holds
	op.holds = func(found, operand any) bool { return !right(found, operand) }
	return func() { op.holds = right }
}

// Operators names the operators.
func Operators() []string {
	var names []string
	for name := range operators {
		names = append(names, name)
	}
	return names
}
