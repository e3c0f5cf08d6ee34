/** The script of all pages. Without it every page works, too. */
import './actions.ts'
import './menus.ts'
import './tips.ts'
