// The tests that examples/ shows, as they are.
import '../examples/testing/site-stack.test';
