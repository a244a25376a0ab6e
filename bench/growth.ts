/** The exponent k of cost = a * size^k that fits best: least squares over the logarithms. 1 is linear, 2 quadratic. */
export function growthExponent(points: Array<{ size: number; cost: number }>): number {
  const xs = points.map(point => Math.log(point.size));
  const ys = points.map(point => Math.log(point.cost));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i] - my), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}
