import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";

/** Something that can be picked. */
export interface Choice {
  readonly name: string;
  /** What is said of it beside its name: a field's type. */
  readonly note: string;
  readonly group: string;
}

/** How many choices are shown at a time: a longer list is narrowed by typing. */
const MOST_SHOWN = 60;

interface Props {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  /** Whether a name that is not in the list may be typed. */
  readonly takesNew: boolean;
  readonly onPick: (name: string) => void;
  readonly describedBy?: string;
}

/**
 * An editable combobox with a list, by the pattern of the ARIA Authoring Practices: the focus stays in the text, and
 * `aria-activedescendant` names the choice that the arrow keys have reached.
 */
export function FieldPicker({ label, value, choices, takesNew, onPick, describedBy }: Props) {
  const id = useId();
  const [text, setText] = useState(value);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => setText(value), [value]);
  const shown = useMemo(
    () => (isOpen ? narrowed(choices, text === value ? "" : text) : []),
    [isOpen, choices, text, value],
  );
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const close = (to: string) => {
    setOpen(false);
    setActive(-1);
    setText(to);
  };
  const pick = (name: string) => {
    close(name);
    if (name !== value) onPick(name);
  };
  const leave = () => {
    if (!isOpen) return;
    const typed = text.trim();
    const exact = choices.find(({ name }) => name === typed);
    if (exact) pick(exact.name);
    else if (takesNew && typed !== "") pick(typed);
    else close(value);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => (isOpen ? setActive(Math.min(active + 1, shown.length - 1)) : setOpen(true)),
    ArrowUp: () => setActive(Math.max(active - 1, 0)),
    Home: () => setActive(0),
    End: () => setActive(shown.length - 1),
    Enter: () => {
      const one = shown[active];
      if (one) pick(one.name);
      else leave();
    },
    Escape: () => close(value),
  };

  return (
    <div class="picker">
      <input
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(active >= 0 && { "aria-activedescendant": `${id}-${active}` })}
        {...(describedBy !== undefined && { "aria-describedby": describedBy })}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => setOpen(true)}
        onBlur={leave}
        onKeyDown={(event) => {
          const act =
            event.key === "Home" || event.key === "End" ? isOpen && keys[event.key] : keys[event.key];
          if (!act || (event.key === "Enter" && !isOpen)) return;
          event.preventDefault();
          act();
        }}
      />
      {isOpen && (
        <div class="list" role="listbox" id={`${id}-list`} aria-label={label} ref={list}>
          {groupsOf(shown).map(([group, members]) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset holds controls, and these are options of a list.
            <div role="group" aria-label={group} key={group}>
              <div class="group" aria-hidden="true">
                {group}
              </div>
              {members.map(([choice, index]) => (
                <div
                  key={choice.name}
                  id={`${id}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === active}
                  class={index === active ? "active" : ""}
                  // Before the text loses the focus, which would close the list.
                  onMouseDown={(event) => {
                    event.preventDefault();
                    pick(choice.name);
                  }}
                >
                  {choice.name} <span class="quiet">{choice.note}</span>
                </div>
              ))}
            </div>
          ))}
          {shown.length === 0 && (
            <p class="quiet">{takesNew ? "No such field yet: it would be created." : "No such field."}</p>
          )}
          {shown.length === MOST_SHOWN && <p class="quiet">Type to narrow the list.</p>}
        </div>
      )}
    </div>
  );
}

/** The choices whose name or note holds the text, those that begin with it first. */
function narrowed(choices: readonly Choice[], text: string): Choice[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return choices.slice(0, MOST_SHOWN);
  const holding = choices.filter(({ name, note }) => `${name} ${note}`.toLowerCase().includes(wanted));
  const begins = ({ name }: Choice) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return holding.sort((a, b) => begins(a) - begins(b)).slice(0, MOST_SHOWN);
}

/** The choices by their groups, each with its place among all that are shown. */
function groupsOf(shown: readonly Choice[]): [string, [Choice, number][]][] {
  const groups = new Map<string, [Choice, number][]>();
  const ordered = [...new Set(shown.map(({ group }) => group))];
  for (const group of ordered) groups.set(group, []);
  for (const [index, choice] of shown.entries()) groups.get(choice.group)?.push([choice, index]);
  return [...groups];
}
