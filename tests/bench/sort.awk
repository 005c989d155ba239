# sort.awk - order statistics, for awks that have no asort().

# quantile: of the numbers in "a b c …"; between two neighbours, their weighted mean
function quantile(list, q,    v, n, i, j, t, at) {
	n = split(list, v, " ")
	for (i = 2; i <= n; i++) {
		t = v[i] + 0
		for (j = i - 1; j > 0 && v[j] + 0 > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	at = 1 + (n - 1) * q
	i = int(at)
	return i < n ? v[i] + (at - i) * (v[i + 1] - v[i]) : v[n] + 0
}
