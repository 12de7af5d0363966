"""Is the simulator right, and fast enough? Programs to run by hand; none of them is part of the package."""
