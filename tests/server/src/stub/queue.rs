//! Prompts that wait: `execution.py: PromptQueue`, and Python's `heapq`, whose order `/queue` shows.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

/// A prompt that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// As it was given out: whole if the server counted, with a fraction if the client said it.
    pub(crate) number: Value,
    pub(crate) prompt_id: String,
    pub(crate) prompt: Map<String, Value>,
    pub(crate) extra_data: Map<String, Value>,
    pub(crate) outputs: Vec<String>,
    /// Keys and tokens: given to nodes, never shown.
    pub(crate) sensitive: Map<String, Value>,
}

impl Item {
    /// As `/queue` and the history show it.
    pub(crate) fn shown(&self) -> Value {
        json!([self.number, self.prompt_id, self.prompt, self.extra_data, self.outputs])
    }

    pub(crate) fn client_id(&self) -> Option<&str> {
        self.extra_data.get("client_id").and_then(Value::as_str)
    }

    /// Tuples are compared. Two with the same number and the same id are not comparable, since dictionaries are not.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        let number = |item: &Self| item.number.as_f64().unwrap_or_default();
        let order = number(self).total_cmp(&number(other)).then_with(|| self.prompt_id.cmp(&other.prompt_id));
        (order != Ordering::Equal).then_some(order)
    }
}

/// A binary heap, smallest first.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    items: Vec<Item>,
}

impl Queue {
    /// Puts an item in. False means that Python raised a `TypeError`: the item is in the queue all the same.
    pub(crate) fn push(&mut self, item: Item) -> bool {
        self.items.push(item);
        self.sift_down(0, self.items.len() - 1)
    }

    pub(crate) fn pop(&mut self) -> Option<Item> {
        let last = self.items.pop()?;
        let Some(first) = self.items.first_mut() else { return Some(last) };
        let smallest = std::mem::replace(first, last);
        self.sift_up(0);
        Some(smallest)
    }

    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn clear(&mut self) {
        self.items.clear();
    }

    /// Removes the first item of an id.
    pub(crate) fn remove(&mut self, prompt_id: &str) -> bool {
        let Some(at) = self.items.iter().position(|item| item.prompt_id == prompt_id) else { return false };
        self.items.remove(at);
        for at in (0..self.items.len() / 2).rev() {
            self.sift_up(at);
        }
        true
    }

    fn less(&self, left: usize, right: usize) -> Option<bool> {
        Some(self.items.get(left)?.compare(self.items.get(right)?)? == Ordering::Less)
    }

    /// Moves the item at `at` towards the root, not above `start`.
    fn sift_down(&mut self, start: usize, mut at: usize) -> bool {
        while at > start {
            let parent = (at - 1) / 2;
            match self.less(at, parent) {
                Some(true) => self.items.swap(at, parent),
                Some(false) => return true,
                None => return false,
            }
            at = parent;
        }
        true
    }

    /// Moves the item at `at` to a leaf along the smaller children, and from there back up.
    fn sift_up(&mut self, mut at: usize) {
        let start = at;
        let mut child = 2 * at + 1;
        while child < self.items.len() {
            if child + 1 < self.items.len() && self.less(child, child + 1) != Some(true) {
                child += 1;
            }
            self.items.swap(at, child);
            at = child;
            child = 2 * at + 1;
        }
        self.sift_down(start, at);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::{Item, Queue};

    fn item(number: i64, id: &str) -> Item {
        Item {
            number: json!(number),
            prompt_id: id.into(),
            prompt: Map::new(),
            extra_data: Map::new(),
            outputs: Vec::new(),
            sensitive: Map::new(),
        }
    }

    #[test]
    fn smallest_first() {
        let mut queue = Queue::default();
        for number in [5, 3, 9, -2, 7, 1] {
            assert!(queue.push(item(number, "id")));
        }
        let order: Vec<_> = queue.items().iter().filter_map(|item| item.number.as_i64()).collect();
        assert_eq!(order, [-2, 3, 1, 5, 7, 9], "as Python's heapq has them");
        let popped: Vec<_> =
            std::iter::from_fn(|| queue.pop()).filter_map(|item| item.number.as_i64()).collect();
        assert_eq!(popped, [-2, 1, 3, 5, 7, 9]);
    }

    #[test]
    fn equal_tuples_are_queued_though_they_raise() {
        let mut queue = Queue::default();
        assert!(queue.push(item(1, "a")));
        assert!(!queue.push(item(1, "a")));
        assert_eq!(queue.items().len(), 2);
        assert!(queue.remove("a") && queue.remove("a") && !queue.remove("a"));
    }
}
