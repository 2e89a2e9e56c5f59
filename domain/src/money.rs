//! Amounts as an agreement writes them: in figures and in 大写, which cannot be altered unseen.

use protocol::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// `500元`, `1,234.50元`
pub fn figures(amount: Fen) -> String {
    let (yuan, fen) = (amount.get() / 100, amount.get() % 100);
    let plain = yuan.to_string();
    let mut grouped = String::new();
    for (i, digit) in plain.chars().enumerate() {
        if i > 0 && (plain.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fen == 0 { format!("{grouped}元") } else { format!("{grouped}.{fen:02}元") }
}

/// 大写 as financial papers write it: `伍佰元整`, `壹仟零伍元叁角`, `叁佰贰拾伍元零肆分`.
///
/// Zeros inside the yuan are written as one 零; a zero before 角 is left out, one before 分 is written; 整 closes what
/// ends in 元.
pub fn capitals(amount: Fen) -> String {
    let (yuan, jiao, fen) = (amount.get() / 100, amount.get() / 10 % 10, amount.get() % 10);
    let mut words = String::new();
    if yuan > 0 {
        write_yuan(&mut words, yuan);
        words.push('元');
    }
    if jiao > 0 {
        push(&mut words, jiao, Some('角'));
    } else if fen > 0 && yuan > 0 {
        words.push('零');
    }
    if fen > 0 {
        push(&mut words, fen, Some('分'));
    }
    if jiao == 0 && fen == 0 {
        words.push('整');
    }
    words
}

/// `500元(大写:伍佰元整)`
pub fn in_words(amount: Fen) -> String {
    format!("{}(大写:{})", figures(amount), capitals(amount))
}

/// Groups of four digits, each with its unit; a group under a thousand after another starts with 零.
fn write_yuan(words: &mut String, yuan: i64) {
    let groups = [
        (yuan / 100_000_000, Some('亿')),
        (yuan / 10_000 % 10_000, Some('万')),
        (yuan % 10_000, None),
    ];
    for (group, unit) in groups {
        if group == 0 {
            continue;
        }
        if !words.is_empty() && (group < 1_000 || skipped(words, unit)) {
            words.push('零');
        }
        write_group(words, group);
        words.extend(unit);
    }
}

/// Whether the 万 between 亿 and the last group is empty.
fn skipped(words: &str, unit: Option<char>) -> bool {
    unit.is_none() && words.ends_with('亿')
}

fn write_group(words: &mut String, group: i64) {
    let mut started = false;
    let mut gap = false;
    for (size, unit) in [(1_000, Some('仟')), (100, Some('佰')), (10, Some('拾')), (1, None)] {
        let digit = group / size % 10;
        if digit == 0 {
            gap = started;
            continue;
        }
        if gap {
            words.push('零');
        }
        push(words, digit, unit);
        (started, gap) = (true, false);
    }
}

fn push(words: &mut String, digit: i64, unit: Option<char>) {
    words.extend(usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)));
    words.extend(unit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap_or_else(|_| unreachable!("{fen} is out of bounds"))
    }

    /// Reads 大写 by its units alone, knowing nothing of how it is written.
    fn parse(text: &str) -> Option<i64> {
        use std::mem::take;
        let (mut total, mut section, mut digit) = (0_i64, 0_i64, 0_i64);
        let (mut yuan, mut small) = (0_i64, 0_i64);
        for c in text.chars() {
            match c {
                '拾' => section += take(&mut digit) * 10,
                '佰' => section += take(&mut digit) * 100,
                '仟' => section += take(&mut digit) * 1_000,
                '万' => total += (take(&mut section) + take(&mut digit)) * 10_000,
                '亿' => total += (take(&mut section) + take(&mut digit)) * 100_000_000,
                '元' => yuan = total + take(&mut section) + take(&mut digit),
                '角' => small += take(&mut digit) * 10,
                '分' => small += take(&mut digit),
                '整' => {}
                c => digit = i64::try_from(DIGITS.iter().position(|d| *d == c)?).ok()?,
            }
        }
        Some(yuan * 100 + small)
    }

    #[test]
    fn figures_are_grouped_and_show_fen_only_where_there_are_any() {
        for (amount, text) in [
            (50_000, "500元"),
            (123_450, "1,234.50元"),
            (5, "0.05元"),
            (100_000_000, "1,000,000元"),
            (Fen::MAX, "100,000,000,000元"),
        ] {
            assert_eq!(figures(fen(amount)), text);
        }
    }

    #[test]
    fn capitals_follow_the_writing_of_financial_papers() {
        for (amount, text) in [
            (50_000, "伍佰元整"),
            (100_530, "壹仟零伍元叁角"),
            (1_000, "壹拾元整"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (140_950, "壹仟肆佰零玖元伍角"),
            (600_714, "陆仟零柒元壹角肆分"),
            (30, "叁角"),
            (5, "伍分"),
            (1_000_100, "壹万零壹元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (10_000_500_000, "壹亿零伍仟元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (Fen::MAX, "壹仟亿元整"),
        ] {
            assert_eq!(capitals(fen(amount)), text, "{amount}");
        }
        assert_eq!(in_words(fen(50_000)), "500元(大写:伍佰元整)");
    }

    proptest! {
        #[test]
        fn capitals_read_back_as_the_amount(
            amount in prop_oneof![1..=Fen::MAX, 1..=1_000_000_i64, (1..=1_000_i64).prop_map(|n| n * 10_000_000)]
        ) {
            let text = capitals(fen(amount));
            prop_assert_eq!(parse(&text), Some(amount), "{}", text);
            prop_assert!(!text.contains("零零") && !text.starts_with('零'), "{}", text);
            let gap_before_unit = ["零元", "零万", "零亿", "零角", "零分", "零整"];
            prop_assert!(!gap_before_unit.iter().any(|gap| text.contains(gap)), "{}", text);
        }
    }
}
