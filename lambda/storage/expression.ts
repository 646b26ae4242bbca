import type { Condition, CountQuery, Update, Value } from './table.ts';

/** DynamoDB's expressions, every name and value behind a placeholder, so that no attribute name can be a reserved word. */
export class ExpressionBuilder {
  readonly #names = new Map<string, string>();
  readonly #values: Value[] = [];

  /** The placeholders used so far, as DynamoDB wants them. */
  get names(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name]));
  }

  get values(): Record<string, Value> {
    return Object.fromEntries(this.#values.map((value, index) => [`:v${index}`, value]));
  }

  condition(condition: Condition): string {
    switch (condition.is) {
      case 'missing':
        return `attribute_not_exists(${this.#name(condition.attribute)})`;
      case 'equal':
        return `${this.#name(condition.attribute)} = ${this.#value(condition.to)}`;
      case 'at-most':
        return `${this.#name(condition.attribute)} <= ${this.#value(condition.limit)}`;
      case 'one-of':
        return `${this.#name(condition.attribute)} IN (${condition.values.map((value) => this.#value(value)).join(', ')})`;
      case 'all':
        return `(${condition.of.map((part) => this.condition(part)).join(' AND ')})`;
      case 'any':
        return `(${condition.of.map((part) => this.condition(part)).join(' OR ')})`;
    }
  }

  /** The part of an index that is meant. */
  keyCondition({ index, partition, before }: CountQuery): string {
    const isInPartition = `${this.#name(index.partitionKey)} = ${this.#value(partition)}`;
    return before === undefined
      ? isInPartition
      : `${isInPartition} AND ${this.#name(index.sortKey)} < ${this.#value(before)}`;
  }

  update(update: Update): string {
    const clauses = [
      clause(
        'SET',
        Object.entries(update.set).map(([name, value]) => `${this.#name(name)} = ${this.#value(value)}`),
      ),
      clause(
        'REMOVE',
        (update.remove ?? []).map((name) => this.#name(name)),
      ),
      clause(
        'ADD',
        Object.entries(update.add ?? {}).map(
          ([name, amount]) => `${this.#name(name)} ${this.#value(amount)}`,
        ),
      ),
    ];
    return clauses.filter((text) => text !== '').join(' ');
  }

  #name(name: string): string {
    const placeholder = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, placeholder);
    return placeholder;
  }

  #value(value: Value): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }
}

function clause(keyword: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${keyword} ${parts.join(', ')}`;
}
